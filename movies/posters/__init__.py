"""Draw a typographic poster for every movie, as a stand-alone SVG file."""
