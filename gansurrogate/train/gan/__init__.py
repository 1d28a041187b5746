"""The classical generative adversarial networks: dense or recurrent, original losses, with or without conditions."""
