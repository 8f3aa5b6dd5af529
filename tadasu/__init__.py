"""The tax and the office: fields, tables, law, extracts, ledger. No machine learning in it."""
