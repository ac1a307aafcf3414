"""Intakes (接报): the record of a call or message before any incident. Pure: nothing here waits, stores or asks."""
