"""Sphinx extension: references by number, without reading all pages again for each of them.

Sphinx finds the number of a figure by loading the whole page that holds it, once for each reference, which is a third
of this book's building time. The number stands in the environment already.
"""

from sphinx.addnodes import number_reference, pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform


class ResolveNumberedReferences(SphinxPostTransform):
    """Resolve ``{numref}`` to what is numbered; a reference with a text of its own is left to Sphinx."""

    # Before Sphinx's own, which has 10.
    default_priority = 9

    def run(self):
        standard = self.env.get_domain("std")
        for reference in list(self.document.findall(pending_xref)):
            if reference["reftype"] != "numref" or reference["refexplicit"]:
                continue
            page, identifier, _ = standard.labels.get(reference["reftarget"], ("", "", ""))
            for kind, numbers in self.env.toc_fignumbers.get(page, {}).items():
                if identifier in numbers:
                    form = self.config.numfig_format[kind]
                    text = form % ".".join(map(str, numbers[identifier]))
                    resolved = standard.build_reference_node(
                        self.env.docname,
                        self.app.builder,
                        page,
                        identifier,
                        text,
                        "numref",
                        nodeclass=number_reference,
                        title=form,
                    )
                    reference.replace_self(resolved)


def setup(app):
    app.add_post_transform(ResolveNumberedReferences)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
