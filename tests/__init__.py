"""The tests; they mirror the package. What several of them share lies beside this file."""
