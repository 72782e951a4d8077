"""clinicweb: a patient portal that clinics can run themselves."""

__version__ = "0.1.0"
