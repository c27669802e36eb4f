"""Macros: prepared words and actions, one TOML file each. docs/macros.md is their reference.

Reading (:mod:`.files`, :mod:`.reading`, :mod:`.library`), filling in (:mod:`.template`, :mod:`.values`,
:mod:`.questions`, :mod:`.applying`), choosing (:mod:`.choosing`), writing (:mod:`.saving`) and bringing them from
other helpdesks (:mod:`.importing`). None of these imports Liquid before a template is looked at.
"""
