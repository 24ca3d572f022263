"""The load tool: real websockets by the thousand from one core, what they were sent, and what that cost the server."""
