"""An independent reading of the outcome rules: it never imports the product."""
