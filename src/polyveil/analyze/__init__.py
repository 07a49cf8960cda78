"""Analysis that gives away bounded knowledge: differentially private queries under a budget that lasts."""
