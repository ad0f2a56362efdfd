"""ASC X12: read any interchange, walk and check a message against a guide, write an interchange.

Reading goes `reader.read_interchanges` (envelopes) -> `walker.walk` (one message against one guide) ->
`tree` (loops as blocks). Guides are data that the caller brings (`guide.parse_guide`).
"""
