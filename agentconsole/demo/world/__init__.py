"""The invented world of the demo desk: a brand, its people, and weeks of conversations with its customers.

Everything here is made up: Tourterel is no company, its customers do not exist, their addresses end in
``.example`` and their telephone numbers belong to ranges reserved for fiction.
"""

from agentconsole.demo.world.raw import raw_of
from agentconsole.demo.world.stories import stories
from agentconsole.demo.world.story import Line, Person, Story

__all__ = ["Line", "Person", "Story", "raw_of", "stories"]
