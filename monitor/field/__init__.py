"""The phone form: a page and its own JavaScript, which talk to the API and to nothing above this floor."""
