//! Statements about rows, as the server takes them or not.
