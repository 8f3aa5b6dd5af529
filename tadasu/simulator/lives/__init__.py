"""What people do, earn, pay and claim in one income year, by their family and their chances."""
