"""The QGIS process: standard library, numpy and qgis only; run by the interpreter QGIS owns.

It must run on every Python that QGIS 3.22 to 4.x ships with (3.9 and newer), so it uses no
newer syntax and no newer library call.
"""
