"""Breaking things on purpose while reminders are sent, and counting what was lost and what came twice."""
