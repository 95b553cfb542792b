"""The gateway of a site: where identifiable images land, and where they are de-identified before anything leaves."""
