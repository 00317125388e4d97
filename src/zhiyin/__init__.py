"""zhiyin 知音: a recommender for shops."""
