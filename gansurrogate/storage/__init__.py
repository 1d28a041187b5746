"""Signals into files of any size: `sample_to`, its stores (npy, HDF5, zarr) and the journal that lets it go on."""
