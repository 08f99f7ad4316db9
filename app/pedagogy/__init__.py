"""pedagogy"""
