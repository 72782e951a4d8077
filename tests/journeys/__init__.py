"""
What people do with the portal, in a real Chromium, against the real server.

``walk.py`` tells the manual's steps once; ``visitor.py`` has the ways of doing them: with the
mouse, with the keyboard alone, with and without scripts. ``coverage.py`` says which test proves
which item of the manual.
"""
