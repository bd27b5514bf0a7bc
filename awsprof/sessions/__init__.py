"""Temporary keys: MFA sessions, who signs a request, and the rotation of access keys."""
