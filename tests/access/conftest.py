from tests.team.conftest import team, team_config, used_teams

__all__ = ["team", "team_config", "used_teams"]
