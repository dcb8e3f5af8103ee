"""One attribute of many spans, cut out of bytes of JSON in which none of them is decoded."""
