"""The best that five printed layers do on MNIST."""
