"""Readers of OpenTelemetry's other encodings: protobuf and what SDKs print."""
