"""The two AWS files: read as botocore reads them, edited line by line, verified, replaced."""
