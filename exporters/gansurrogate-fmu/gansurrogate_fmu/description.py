"""modelDescription.xml: what a host is told of the unit (FMI 2.0.4, section 2.2)."""

from xml.etree import ElementTree as Xml

from gansurrogate.conditions import Condition
from gansurrogate.manifest import Manifest
from gansurrogate_fmu.variables import Variable, numbers


def model_description(
    manifest: Manifest,
    variables: list[Variable],
    *,
    identifier: str,
    guid: str,
    step: float,
    tool: str,
    sources: list[str],
) -> bytes:
    """The file's content.

    Parameters
    ----------
    identifier : str
        Of the binary.
    guid : str
        Which the binary knows as well.
    step : float
        Time from sample to sample [s].
    tool : str
        Who wrote the unit.
    sources : list of str
        Names of the C files.
    """
    spec = manifest.spec
    ascii_only = all(variable.name.isascii() for variable in variables)
    about = {"description": manifest.description, "copyright": manifest.citation, "license": manifest.license}
    root = Xml.Element(
        "fmiModelDescription",
        {
            "fmiVersion": "2.0",
            "modelName": manifest.name,
            "guid": guid,
            "version": manifest.version,
            "generationTool": tool,
            "variableNamingConvention": "structured" if ascii_only else "flat",
            **{name: text for name, text in about.items() if text},
        },
    )
    simulation = Xml.SubElement(
        root,
        "CoSimulation",
        modelIdentifier=identifier,
        canHandleVariableCommunicationStepSize="true",
        canNotUseMemoryManagementFunctions="true",
        canGetAndSetFMUstate="true",
        canSerializeFMUstate="true",
    )
    files = Xml.SubElement(simulation, "SourceFiles")
    for name in sources:
        Xml.SubElement(files, "File", name=name)
    if units := sorted({variable.unit for variable in variables if variable.unit}):
        definitions = Xml.SubElement(root, "UnitDefinitions")
        for unit in units:
            Xml.SubElement(definitions, "Unit", name=unit)
    categories = [c for c in spec.conditions if c.levels]
    if categories:
        types = Xml.SubElement(root, "TypeDefinitions")
        for c in categories:
            _type(types, c)
    Xml.SubElement(Xml.SubElement(root, "LogCategories"), "Category", name="logStatusError")
    samples = spec.shape[-1]
    stop = step * max(1, samples - 1)
    Xml.SubElement(root, "DefaultExperiment", startTime="0", stopTime=repr(stop), stepSize=repr(step))
    model = Xml.SubElement(root, "ModelVariables")
    for reference, variable in enumerate(variables):
        _variable(model, reference, variable)
    structure = Xml.SubElement(root, "ModelStructure")
    outputs = [place for place, variable in enumerate(variables, 1) if variable.start is None]
    for part in ("Outputs", "InitialUnknowns"):
        listed = Xml.SubElement(structure, part)
        for place in outputs:
            Xml.SubElement(listed, "Unknown", index=str(place), dependencies="")
    Xml.indent(root)
    content: bytes = Xml.tostring(root, "utf-8", xml_declaration=True)
    return content


def _type(types: Xml.Element, c: Condition) -> None:
    simple = Xml.SubElement(types, "SimpleType", name=f"{c.name}.levels")
    enumeration = Xml.SubElement(simple, "Enumeration")
    for level, number in zip(c.levels, numbers(c), strict=True):
        Xml.SubElement(enumeration, "Item", name=str(level), value=str(number))


def _variable(model: Xml.Element, reference: int, variable: Variable) -> None:
    output = variable.start is None
    role = (
        {"causality": "output", "variability": "discrete", "initial": "calculated"}
        if output
        else {"causality": "parameter", "variability": "tunable", "initial": "exact"}
    )
    named = {"name": variable.name, "valueReference": str(reference), "description": variable.description}
    scalar = Xml.SubElement(model, "ScalarVariable", {**named, **role})
    said = {
        "declaredType": f"{variable.levels}.levels" if variable.levels else None,
        "unit": variable.unit if variable.kind == "Real" and variable.unit else None,
        "min": variable.least,
        "max": variable.most,
        "start": variable.start,
    }
    if variable.kind == "Boolean":
        said["start"] = "true" if variable.start else "false"
    Xml.SubElement(scalar, variable.kind, {name: str(value) for name, value in said.items() if value is not None})
