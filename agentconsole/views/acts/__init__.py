"""What the actions do, by subject. Each class holds the state of its subject and is given the page it works on."""
