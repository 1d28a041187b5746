"""The default recipe: a relativistic GAN on fixed views, with a generator chosen by a pilot look at the data."""
