"""A very small clinic as the text of its CSV files."""

SITES = """\
code,name,address,city,timezone,phone
norte,Sede Norte,Los Aromos 12,Santiago,America/Santiago,+56 2 2345 6789
"""
SERVICES = """\
code,name,kind,modalities,duration_minutes,recommendations,booking
mg,Medicina general,general,in_person;virtual,30,,direct
car,Cardiología,specialty,in_person,20,"Traiga sus exámenes.
Venga en ayunas.",direct
"""
PRACTITIONERS = """\
code,prefix,given_name,family_name,email,services,shift
diaz,Dr.,Andrés,Díaz Ñuñez,diaz@clinica.example,mg;car,mañana
soto,Dra.,Sofía,Soto,,mg,
"""
AGREEMENTS = """\
code,name
part,Particular
isapre,Isapre Uno
"""
AGENDAS = """\
practitioner,service,site,modality,weekday,from,to,slot_minutes,valid_from,valid_to,web_quota
diaz,mg,norte,in_person,2,09:00,11:00,30,2026-01-01,2026-12-31,3
"""
CLOSURES = """\
practitioner,site,from,to,reason
,norte,2026-03-17,2026-03-17,Feriado
"""
PATIENTS = """\
mrn,document_type,document_number,given_name,family_name,birth_date,sex,email,phone,agreements,\
affiliation_number,card_serial,relationship,family_head_mrn
A1,RUT,12.345.678-5,Ana,Peña,1980-05-06,female,ana@correo.example,+56 9 8765 4321,part;isapre,\
AF-1,TC-1,self,
A2,,,Beto,Peña,2015-01-02,male,,,part,AF-1,TC-1,child,A1
"""
APPOINTMENTS = """\
patient_mrn,practitioner,service,site,starts_at,status
A1,diaz,mg,norte,2026-03-03T09:30,booked
A1,diaz,mg,norte,2026-02-03T09:30,fulfilled
"""

ALL = {
    "sites": SITES,
    "services": SERVICES,
    "practitioners": PRACTITIONERS,
    "agreements": AGREEMENTS,
    "agendas": AGENDAS,
    "closures": CLOSURES,
    "patients": PATIENTS,
    "appointments": APPOINTMENTS,
}
