"""The pupils' tablets of the workshop: enrolled devices, badges with a PIN, and the few screens a pupil needs."""
