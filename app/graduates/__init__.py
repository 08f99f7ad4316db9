"""graduates"""
