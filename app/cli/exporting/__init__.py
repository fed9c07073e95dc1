"""The whole site as files: what the service answers, asked in this process and kept under names of files."""
