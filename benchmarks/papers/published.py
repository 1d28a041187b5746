"""Published figures of these sets: lower is better, after the sign the half interval that the source prints.

A: X. Yuan and Y. Qiao, "Diffusion-TS", ICLR 2024, tables in its repository (TimeGAN's three agree with its own paper).
B: Y. Li et al., "PaD-TS", AAAI 2025, tables in its repository. C: "ST-Diff", submitted to ICLR 2026, tables 1 and 2.
D: "FM-TS" (later FlowTS), arXiv:2411.07506v1, abstract. "real" is the network trained on the real windows.

Judges differ between sources: TimeGAN scores 0.102 on stock in A and 0.143 when B runs it again; ImagenTime's judge
sees batches of 32. VDS and FDDS depend on the number of windows; Context-FID on the trained encoder.
"""

SETS = ("sines", "stock", "etth1", "mujoco", "energy")

_DISCRIMINATIVE = {
    "TimeGAN (A)": (".011±.008", ".102±.021", ".114±.055", ".238±.068", ".236±.012"),
    "TimeVAE (A)": (".041±.044", ".145±.120", ".209±.058", ".230±.102", ".499±.000"),
    "DiffWave (A)": (".017±.008", ".232±.061", ".190±.008", ".203±.096", ".493±.004"),
    "DiffTime (A)": (".013±.006", ".097±.016", ".100±.007", ".154±.045", ".445±.004"),
    "COT-GAN (A)": (".254±.137", ".230±.016", ".325±.099", ".426±.022", ".498±.002"),
    "Diffusion-TS (A)": (".006±.007", ".067±.015", ".061±.009", ".008±.002", ".122±.003"),
    "PaD-TS (B)": (".013±.004", ".055±.087", "", "", ".078±.011"),
    "Diffusion-TS again (B)": (".005", ".082", "", "", ".127"),
    "TimeGAN again (B)": (".037", ".143", "", "", ".469"),
    "TimeVAE again (B)": (".072", ".133", "", "", ".498"),
    "ImagenTime (C)": ("", ".037±.006", "", ".007±.005", ".040±.004"),
    "FM-TS (D)": (".005", ".019", ".011", ".005", ".053"),
    "ST-Diff (C)": (".004±.005", ".015±.021", ".005±.005", ".007±.005", ".009±.013"),
}
_PREDICTIVE = {
    "TimeGAN (A)": (".093±.019", ".038±.001", ".124±.001", ".025±.003", ".273±.004"),
    "Diffusion-TS (A)": (".093±.000", ".036±.000", ".119±.002", ".007±.000", ".250±.000"),
    "real (A)": (".094±.001", ".036±.001", ".121±.005", ".007±.001", ".250±.003"),
}
_CONTEXT_FID = {
    "TimeGAN (A)": (".101±.014", ".103±.013", ".300±.013", ".563±.052", ".767±.103"),
    "TimeVAE (A)": (".307", ".215", ".805", ".251", "1.631"),
    "Diffusion-TS (A)": (".006±.000", ".147±.025", ".116±.010", ".013±.001", ".089±.024"),
    "ST-Diff (C)": (".004±.001", ".040±.008", ".050±.008", ".010±.001", ".025±.002"),
}
_CORRELATIONAL = {
    "TimeGAN (A)": (".045±.010", ".063±.005", ".210±.006", ".886±.039", "4.010±.104"),
    "Diffusion-TS (A)": (".015±.004", ".004±.001", ".049±.008", ".193±.027", ".856±.147"),
    "ST-Diff (C)": (".015±.005", ".003±.003", ".047±.006", ".199±.017", ".592±.013"),
}
_VDS = {
    "TimeGAN again (B)": (".0034", ".0257", "", "", ".0427"),
    "PaD-TS (B)": (".0005", ".0029", "", "", ".0019"),
}
_FDDS = {
    "TimeGAN again (B)": (".0167", ".1117", "", "", ".2777"),
    "PaD-TS (B)": (".0003", ".0588", "", "", ".0442"),
}
_OF_24 = {
    "discriminative": _DISCRIMINATIVE, "predictive": _PREDICTIVE, "context_fid": _CONTEXT_FID,
    "correlational": _CORRELATIONAL, "vds": _VDS, "fdds": _FDDS,
}  # fmt: skip
_OF_256 = {
    "discriminative": {
        "TimeGAN (A)": ".442", "TimeVAE (A)": ".178", "Diffusion-TS (A)": ".060", "ST-Diff (C)": ".029",
    },
    "context_fid": {"TimeGAN (A)": "5.872", "Diffusion-TS (A)": ".423", "ST-Diff (C)": ".341"},
}  # fmt: skip


def published(name: str) -> dict[str, dict[str, str]]:
    """Rows of a set: for each model its figures by measure."""
    rows: dict[str, dict[str, str]] = {}
    for measure, models in _OF_24.items():
        for model, figures in models.items():
            if name in SETS and (figure := figures[SETS.index(name)]):
                rows.setdefault(model, {})[measure] = figure
    for measure, of_256 in _OF_256.items() if name == "etth1-256" else ():
        for model, figure in of_256.items():
            rows.setdefault(model, {})[measure] = figure
    return rows
