from linli.foundation.screens.tables import cut


class TestCut:
    def test_knows_that_more_follow(self):
        assert cut([1, 2, 3], 2) == ([1, 2], True)

    def test_knows_the_last_page(self):
        assert cut([1, 2], 2) == ([1, 2], False)
