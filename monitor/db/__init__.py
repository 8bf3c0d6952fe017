"""The store: tables' base and types, engine, and the transaction that the three doors open."""
