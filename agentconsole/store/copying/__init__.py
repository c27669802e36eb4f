"""Copying a desk whole from one place to another, whichever engine either is.

:mod:`.content` tells what a table holds apart from where it is, :mod:`.rows` reads and writes rows, :mod:`.guards` sets
the target's triggers aside for them, :mod:`.source` keeps a desk still while it is read, and :mod:`.target` keeps how
far a copy has come. What is done with them is :mod:`agentconsole.desk.copying`.
"""
