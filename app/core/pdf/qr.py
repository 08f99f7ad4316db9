"""QR codes as vectors, for the papers that a telephone or a tablet reads."""

import io

import segno


def qr_svg(payload: str) -> str:
    """A code that survives a smudge (a quarter may be lost), with the white frame readers look for.

    Never the small kind (Micro QR), which telephones do not read; and plain ASCII, as a quoted address is: readers
    guess at anything else.
    """
    if not payload.isascii():
        raise ValueError(f"a QR code holds a quoted address, not « {payload} »")
    out = io.BytesIO()
    segno.make_qr(payload, error="q").save(out, kind="svg", xmldecl=False, svgns=True, border=4)
    return out.getvalue().decode()
