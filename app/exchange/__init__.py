"""The import folder of a school (import contract) and exports of whole tables, by command and by screen."""
