"""Make the encrypted files of this folder, with pypdf (and cryptography): `python make.py`."""

from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.constants import UserAccessPermissions

HERE = Path(__file__).parent

PLAIN = b"""%PDF-1.7
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font <<
/F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
4 0 obj << /Length 35 >> stream
BT /F 10 Tf 20 50 Td (Secret) Tj ET
endstream endobj
trailer << /Root 1 0 R /Size 5 >>
startxref
0
%%EOF
"""

if __name__ == "__main__":
    for algorithm in ("RC4-40", "RC4-128", "AES-128", "AES-256"):
        writer = PdfWriter(clone_from=PdfReader(BytesIO(PLAIN)))
        writer.add_metadata({"/Title": "Hidden"})
        writer.encrypt("user", "owner", permissions_flag=UserAccessPermissions.PRINT, algorithm=algorithm)
        writer.write(HERE / f"{algorithm.lower()}.pdf")
