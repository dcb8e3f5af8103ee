"""Alert rules of Prometheus, evaluated on a bundle's own series."""
