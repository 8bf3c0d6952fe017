"""Who we are, where and when we watch: the mission's definition, its parties and its periods."""
