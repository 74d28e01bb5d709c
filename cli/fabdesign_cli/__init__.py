"""The command line of fabdesign: parse, call the library, print."""
