"""Everything people look at: the shell, its elements and components, and one module a page.

Pages are Panel documents inside a shell of our own. Regions that many people share are custom elements
which join channels by themselves; what is one person's own arrives through a LiveViewer.
Panel and Bokeh are imported here and at the entry, nowhere else.
"""
