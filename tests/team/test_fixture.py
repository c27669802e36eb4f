from tests.incoming import arrives, message


def test_everybody_sees_the_same_desk(team) -> None:
    arrives(team.sync(), message())
    for who in ("lea", "tom", "max", "sam", "eve"):
        with team.as_(who).store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM message").scalar() == 1
            assert connection.exec_driver_sql("SELECT ledger.me()").scalar() == who
    assert team.sql("sync").execute("SELECT ledger.me()").fetchone() == (None,)


def test_again(team) -> None:
    test_everybody_sees_the_same_desk(team)
