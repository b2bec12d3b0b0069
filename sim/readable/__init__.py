"""The parts of the readable floor, ``sim.model``, one for each thing that it keeps."""
