"""Who must act, by when: one alert for one finding, answered by people, step by step."""
