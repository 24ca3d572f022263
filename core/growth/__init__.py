"""How the community grows: what people share with those outside it, and what comes of that."""
