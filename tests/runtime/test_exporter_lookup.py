"""Exporters are found by name, and imported only when somebody exports."""

import sys

import pytest

from gansurrogate import plugins
from gansurrogate.errors import PluginError, UnknownNameError

EXPORTER = "def export(trained, path):\n    return 'exported by ' + __name__\n"


def install_exporter(install, name, source=EXPORTER, entry=None):
    return install(name, source, entry=entry, group="gansurrogate.exporters", attribute=":export")


def test_an_exporter_is_imported_when_asked_for_and_no_other(install):
    wanted, other = install_exporter(install, "verilog"), install_exporter(install, "other")
    assert {"verilog", "other"} <= set(plugins.exporter_names())
    plugins.discover({})
    assert {wanted, other}.isdisjoint(sys.modules)
    assert plugins.exporter("verilog")(None, "") == "exported by fake_verilog"
    assert other not in sys.modules


def test_an_unknown_exporter_lists_the_installed_ones(install):
    install_exporter(install, "verilog")
    with pytest.raises(UnknownNameError, match=r"'cobol'; installed: .*verilog.* pip install gansurrogate-cobol"):
        plugins.exporter("cobol")


def test_an_exporter_of_two_distributions_is_refused_naming_both(install):
    install_exporter(install, "first", entry="verilog")
    install_exporter(install, "second", entry="verilog")
    with pytest.raises(PluginError, match=r"'verilog' is offered by (first and second|second and first)"):
        plugins.exporter("verilog")


@pytest.mark.parametrize(
    ("source", "cause"), [("import no_such_package_at_all", "ModuleNotFoundError"), ("", "AttributeError")]
)
def test_an_exporter_that_cannot_be_imported_says_why(install, source, cause):
    install_exporter(install, "verilog", source)
    with pytest.raises(PluginError, match=f"'verilog' of verilog cannot be imported: {cause}"):
        plugins.exporter("verilog")
