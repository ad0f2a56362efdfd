"""AWP discount: the average wholesale price less a percentage, plus a dispensing fee."""
