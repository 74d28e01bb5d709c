"""Heights as grey values: height maps, dose maps through contrast curves, and planes of doubling dose."""
