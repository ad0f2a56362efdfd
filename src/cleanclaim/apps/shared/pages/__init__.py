"""What pages of all apps share: template tags, paging, export, navigation and error shapes."""
